import type { ComponentChildren } from 'preact';
import { goTo, hrefTo } from '../address.js';

/** A link to a page of the dashboard. A click loads nothing anew; with a key held it opens a tab, as ever. */
export function PageLink({ to, parameters, isCurrent, children, ...rest }: PageLinkProps) {
  const href = hrefTo(to, parameters);
  const follow = (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    goTo(href);
  };
  return (
    <a
      {...rest}
      href={href}
      aria-current={isCurrent === true ? 'page' : undefined}
      onClick={follow}
    >
      {children}
    </a>
  );
}

interface PageLinkProps {
  /** Name of the page. */
  readonly to: string;
  readonly parameters?: Readonly<Record<string, string>>;
  /** Whether it is the page that is shown. */
  readonly isCurrent?: boolean;
  readonly class?: string;
  readonly children: ComponentChildren;
}
