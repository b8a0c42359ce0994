import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';

/** Asks before something is done. Escape says no; the focus goes back to where it was. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { title, confirm, isGrave, onConfirm, onCancel, children } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const before = document.activeElement;
    dialog.current!.showModal();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog ref={dialog} aria-labelledby={titleId} onClose={onCancel}>
      <h2 id={titleId}>{title}</h2>
      {children}
      <div class="actions end">
        <button type="button" onClick={onCancel}>
          Cancel
        </button>
        <button type="button" class={isGrave ? 'grave solid' : 'solid'} onClick={onConfirm}>
          {confirm}
        </button>
      </div>
    </dialog>
  );
}

interface ConfirmDialogProps {
  readonly title: string;
  /** What the button says that does it. */
  readonly confirm: string;
  readonly isGrave: boolean;
  readonly onConfirm: () => void;
  readonly onCancel: () => void;
  readonly children: ComponentChildren;
}
