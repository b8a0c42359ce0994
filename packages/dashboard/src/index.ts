export {
  type MetricsTextOptions,
  type PrometheusMetrics,
  type PromRegisterLike,
  prometheusMetrics,
  registerMetrics,
} from './prometheus-metrics.js';
export { DashboardError, type DashboardErrorCode } from './dashboard-error.js';
export type { DashboardOptions } from './dashboard-options.js';
export { type Dashboard, startDashboard } from './start-dashboard.js';
