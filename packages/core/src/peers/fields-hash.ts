import { createHash } from 'node:crypto';
import { peerLayout } from './entry-layout.js';

/**
 * Says which fields encoded entries have, and how they lie: 32 hexadecimal digits. Bytes that were
 * written with another one are another language.
 */
export const fieldsHash: string = createHash('sha256')
  .update(JSON.stringify(peerLayout))
  .digest('hex')
  .slice(0, 32);
