/** How much of something is used up, as a bar, with a mark where that becomes worth a thought. */
export function MeterBar({ label, value, most, mark, text }: MeterBarProps) {
  const part = most > 0 ? Math.min(1, Math.max(0, value / most)) : 0;
  const isHigh = mark !== undefined && part >= mark;
  return (
    <div
      class={isHigh ? 'meter high' : 'meter'}
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={most}
      aria-valuenow={Math.min(most, value)}
      aria-valuetext={text}
    >
      <span class="fill" style={{ width: `${part * 100}%` }} />
      {mark !== undefined && <span class="mark" style={{ left: `${mark * 100}%` }} />}
    </div>
  );
}

interface MeterBarProps {
  readonly label: string;
  readonly value: number;
  readonly most: number;
  /** Share of the whole, from 0 to 1. */
  readonly mark?: number;
  /** The value in words. */
  readonly text: string;
}
