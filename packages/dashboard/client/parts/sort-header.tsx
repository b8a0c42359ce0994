import { sortBy, sorting } from '../pages/observer-order.js';

/** The head of a column by which a table can be sorted. */
export function SortHeader({ column, label, says, isNumber = false }: SortHeaderProps) {
  const { by, isDescending } = sorting();
  const order = by !== column ? undefined : isDescending ? 'descending' : 'ascending';
  return (
    <th scope="col" class={isNumber ? 'number' : undefined} aria-sort={order}>
      <button type="button" title={says} onClick={() => sortBy(column)}>
        {label}
      </button>
    </th>
  );
}

interface SortHeaderProps {
  /** As the address names it. */
  readonly column: string;
  readonly label: string;
  readonly says?: string;
  readonly isNumber?: boolean;
}
