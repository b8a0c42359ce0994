export {
  type MetricsTextOptions,
  type PrometheusMetrics,
  type PromRegisterLike,
  prometheusMetrics,
  registerMetrics,
} from './prometheus-metrics.js';
