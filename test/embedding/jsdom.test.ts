// @vitest-environment jsdom
import { describePage } from './page-claims.js';

describePage();
