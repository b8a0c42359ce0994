import { useComputed } from '@preact/signals';

/** Text that follows signals: when one changes, this text does, and nothing around it is looked at. */
export function LiveText({ of }: { readonly of: () => string }) {
  return <>{useComputed(of)}</>;
}
