import pc from 'picocolors';
import type { Screen } from './screen.js';

/** A file: no colours, and lines as long as they come. */
export const plain: Screen = { colors: pc.createColors(false), width: Number.POSITIVE_INFINITY };

/** A window that was made small. */
export const small: Screen = { colors: pc.createColors(true), width: 60 };
