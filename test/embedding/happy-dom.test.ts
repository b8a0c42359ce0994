// @vitest-environment happy-dom
import { describePage } from './page-claims.js';

describePage();
