import type { LeaseHolder } from '../primary-lease.js';

/** What a member is, and whom it follows. */
export interface MemberState {
  readonly role: MemberRole;
  /** Of the registry, as it was when the role changed. */
  readonly epoch: number;
  /** Who is the primary, as far as is known. */
  readonly primary: PrimaryPlace | undefined;
}

/** What a member can be. */
export type MemberRole = 'primary' | 'replica';

/** Who is the primary. */
export interface PrimaryPlace {
  /** Its `memberId`. */
  readonly member: string;
  readonly host: string;
  readonly pid: number;
  readonly epoch: number;
}

/** Who holds a lease in an epoch that it has begun. */
export function primaryOf(holder: LeaseHolder | undefined): PrimaryPlace | undefined {
  if (holder === undefined || holder.epoch === 0) return undefined;
  const { member, host, pid, epoch } = holder;
  return Object.freeze({ member, host, pid, epoch });
}
