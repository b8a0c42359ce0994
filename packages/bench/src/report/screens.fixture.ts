import { screenFor } from '@panoptes/sim';

/** A file: no colours, and lines as long as they come. */
export const plain = screenFor({ isTTY: false, columns: 0 }, {});

/** A window that was made small. */
export const small = screenFor({ isTTY: true, columns: 60 }, { FORCE_COLOR: '1' });
