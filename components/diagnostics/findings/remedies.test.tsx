import { render, screen } from "@testing-library/react";
import { IntlProvider } from "use-intl";
import { expect, it } from "vitest";
import type { Locale } from "@/components/i18n/locale";
import { messagesOf } from "@/components/i18n/messages";
import { remediesFor } from "@/lib/diagnostics/remedies/remedies";
import type { Remedy } from "@/lib/model/findings/finding.schema";
import { testFacts } from "@/tests/doubles/node-facts";
import { Remedies } from "./remedies";

const finding = { check: "udp-answers", verdict: "open" as const, figures: {}, evidence: { port: 11211 } };
const REMEDIES = remediesFor(finding, testFacts(), () => new Map());

function show(locale: Locale, remedies: readonly Remedy[]) {
  return render(
    <IntlProvider locale={locale} messages={messagesOf(locale)} timeZone="UTC">
      <Remedies remedies={remedies} />
    </IntlProvider>,
  );
}

it("are shown in the user's language, with unchanged commands", () => {
  const english = show("en", REMEDIES);
  expect(screen.getByText(/^With UDP enabled/)).toBeDefined();
  const commands = [...english.container.querySelectorAll("pre")].map((pre) => pre.textContent);
  english.unmount();
  const japanese = show("ja", REMEDIES);
  expect(screen.getByText(/^UDP が有効だと/)).toBeDefined();
  expect(screen.getByText("確認: UDP (別のマシンから)")).toBeDefined();
  expect(screen.getByRole("option", { name: "firewalld (firewalld のゾーン)" })).toBeDefined();
  expect(screen.getByRole("option", { name: "ufw" })).toBeDefined();
  expect([...japanese.container.querySelectorAll("pre")].map((pre) => pre.textContent)).toEqual(commands);
  japanese.unmount();
});

it("stay English when an older version stored them", () => {
  const stored = REMEDIES.map(({ ja: _, ...remedy }) => remedy);
  show("ja", stored);
  expect(screen.getByText(/^With UDP enabled/)).toBeDefined();
});
