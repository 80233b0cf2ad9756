import { cleanup, configure, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { useState } from "react";
import { IntlProvider } from "use-intl";
import { afterEach, describe, expect, it } from "vitest";
import { Dialog } from "./dialog";

// The panel’s code is loaded on demand, which a busy machine takes its time for.
configure({ asyncUtilTimeout: 15_000 });
afterEach(cleanup);

interface PageProps {
  readonly fields: boolean;
  readonly openerStays?: boolean;
}

function Page({ fields, openerStays = true }: PageProps) {
  const [open, setOpen] = useState(false);
  return (
    <IntlProvider locale="en" messages={{ ui: { close: "Close" } }} timeZone="UTC">
      <main tabIndex={-1}>
        {(openerStays || !open) && (
          <button type="button" onClick={() => setOpen(true)}>
            Open
          </button>
        )}
        <Dialog open={open} onClose={() => setOpen(false)} title="Rename">
          <p>Text</p>
          {fields && (
            <label>
              Name
              <input />
            </label>
          )}
        </Dialog>
      </main>
    </IntlProvider>
  );
}

async function openDialog(): Promise<HTMLElement> {
  const opener = screen.getByRole("button", { name: "Open" });
  opener.focus();
  fireEvent.click(opener);
  return screen.findByRole("dialog", { name: "Rename" });
}

describe("the focus of a dialog", () => {
  it("begins in its first field, and returns to where it was opened", async () => {
    render(<Page fields />);
    const dialog = await openDialog();
    await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText("Name")));
    fireEvent.keyDown(dialog, { key: "Escape" });
    await waitFor(() => expect(document.activeElement).toBe(screen.getByRole("button", { name: "Open" })));
  });

  it("begins at the dialog itself when it has no field", async () => {
    render(<Page fields={false} />);
    const dialog = await openDialog();
    await waitFor(() => expect(document.activeElement).toBe(dialog));
  });

  it("goes to the main part of the page when its opener is gone", async () => {
    render(<Page fields openerStays={false} />);
    const dialog = await openDialog();
    fireEvent.keyDown(dialog, { key: "Escape" });
    await waitFor(() => expect(document.activeElement).toBe(document.querySelector("main")));
  });
});
