export {
  type MetricsTextOptions,
  type PrometheusMetrics,
  type PromRegisterLike,
  prometheusMetrics,
  registerMetrics,
} from './prometheus-metrics.js';
export { DashboardError, type DashboardErrorCode } from './dashboard-error.js';
export type { AboutFact } from './about-facts.js';
export type { DashboardOptions } from './dashboard-options.js';
export {
  type Dashboard,
  type ReservedDashboard,
  reserveDashboard,
  startDashboard,
} from './start-dashboard.js';
