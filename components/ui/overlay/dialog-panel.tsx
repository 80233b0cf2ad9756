"use client";
import { X } from "lucide-react";
import { Dialog } from "radix-ui";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { classNames } from "../class-names";

interface DialogPanelProps {
  readonly onClose: () => void;
  readonly title: string;
  /** One sentence under the title. */
  readonly description?: string;
  /** Room for two columns. */
  readonly wide?: boolean;
  /** Called once the dialog is gone, to put the focus where it belongs. */
  readonly onFocusReturn: () => void;
  readonly children: ReactNode;
}

/** Where a person begins: the first field; a dialog without fields itself, so that its title is read out. */
function focusFirst(event: Event): void {
  event.preventDefault();
  const dialog = event.currentTarget;
  if (!(dialog instanceof HTMLElement)) return;
  const field = dialog.querySelector<HTMLElement>(
    "input:not(:disabled, [type=hidden]), select:not(:disabled), textarea:not(:disabled)",
  );
  const group = field instanceof HTMLInputElement && field.type === "radio" ? field.name : null;
  const chosen =
    group === null ? null : dialog.querySelector<HTMLElement>(`input[name="${CSS.escape(group)}"]:checked`);
  (chosen ?? field ?? dialog).focus();
}

/** The opened dialog. Loaded on demand. */
export default function DialogPanel({
  onClose,
  title,
  description,
  wide = false,
  onFocusReturn,
  children,
}: DialogPanelProps) {
  const t = useTranslations("ui");
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-[#00000066]" />
        <Dialog.Content
          onOpenAutoFocus={focusFirst}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            onFocusReturn();
          }}
          {...(description === undefined && { "aria-describedby": undefined })}
          className={classNames(
            "-translate-x-1/2 fixed left-1/2 z-50 overflow-auto rounded-xl border border-line bg-raised p-4 shadow-float",
            wide
              ? "top-[4vh] max-h-[92vh] w-[min(1040px,calc(100vw-24px))]"
              : "top-[12vh] max-h-[80vh] w-[min(560px,calc(100vw-24px))]",
          )}
        >
          <div className="mb-3 flex items-start gap-3">
            <div className="min-w-0 flex-1">
              <Dialog.Title className="font-semibold text-lg">{title}</Dialog.Title>
              {description && <Dialog.Description className="text-muted">{description}</Dialog.Description>}
            </div>
            <Dialog.Close aria-label={t("close")} className="rounded-md p-1 text-muted hover:bg-line-soft">
              <X size={15} aria-hidden="true" />
            </Dialog.Close>
          </div>
          {children}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
