/** What a registry's stream, its subject and the buckets beside it are called on a server. */
export function streamNames(name: string): StreamNames {
  return {
    stream: `panoptes-${name}`,
    subject: `panoptes.${name}.runs`,
    commands: (epoch) => `panoptes.${name}.commands.${epoch}`,
    lease: `panoptes-${name}`,
    snapshots: `panoptes-${name}-snapshots`,
  };
}

/** The names of all that belongs to one registry. */
export interface StreamNames {
  /** Of the stream that has its runs, */
  readonly stream: string;
  /** on this subject alone. */
  readonly subject: string;
  /** On which the primary of an epoch takes the commands of other members. */
  readonly commands: (epoch: number) => string;
  /** Of the key-value bucket in which the primary's lease is. */
  readonly lease: string;
  /** Of the object bucket in which its snapshots are. */
  readonly snapshots: string;
}
