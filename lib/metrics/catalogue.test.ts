import { describe, expect, it } from "vitest";
import { emptyValues, requiredSlot } from "@/lib/catalogue/stats";
import { catalogueOf } from "./catalogue";

const named = (name: string, reports: Parameters<typeof catalogueOf>[0]) =>
  catalogueOf(reports).metrics.find((metric) => metric.name === name);

describe("the metrics catalogue", () => {
  it("keeps what a newer server adds under its own name, as a gauge without a description", () => {
    const sample = emptyValues();
    const reports = [
      { version: "1.6.99", sample, unlisted: ["brand_new_counter"] },
      { version: "1.6.100", sample, unlisted: ["brand_new_counter"] },
      { version: "1.6.18", sample },
    ];
    expect(named("brand_new_counter", reports)).toEqual({
      name: "brand_new_counter",
      kind: "gauge",
      unit: "none",
      seriesUnit: null,
      meaning: { en: "no description", ja: "説明なし" },
      versions: ["1.6.99", "1.6.100"],
    });
    expect(named("constructor", reports)).toBeUndefined();
  });

  it.each([
    "slab_reassign_busy_nomem",
    "ssl_proto_errors",
    "ssl_handshake_errors",
    "time_since_server_cert_refresh",
    "extstore_compact_resc_cold",
    "extstore_compact_resc_old",
  ])("has %s, with the versions that report it", (name) => {
    const sample = emptyValues();
    sample[requiredSlot(name)] = 0;
    expect(named(name, [{ version: "1.6.45", sample }])).toMatchObject({ versions: ["1.6.45"] });
  });

  it("does not grow with the names that hostile nodes make up", () => {
    const reports = Array.from({ length: 100 }, (_, node) => ({
      version: "1.6.18",
      sample: emptyValues(),
      unlisted: Array.from({ length: 64 }, (_name, n) => `made_up_${node}_${n}`),
    }));
    expect(catalogueOf(reports).metrics.length).toBeLessThan(500);
  });
});
