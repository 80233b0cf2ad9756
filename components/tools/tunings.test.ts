import { describe, expect, it } from "vitest";
import { ACTION_FACTS } from "@/lib/model/actions/action";
import { ACTION_INPUTS } from "@/lib/model/actions/action.schema";
import { TUNINGS } from "./tunings";

describe("tuning actions", () => {
  it.each(TUNINGS)("$kind has a valid default, and requires an admin", (tuning) => {
    const typed = Object.fromEntries(tuning.fields.map(({ name, initial }) => [name, initial]));
    const input = tuning.input(typed);
    expect(ACTION_INPUTS[tuning.kind].safeParse(input).success).toBe(true);
    expect(ACTION_FACTS[tuning.kind].role).toBe("admin");
  });

  it.each(TUNINGS.filter(({ fields }) => fields.length > 0))("$kind rejects invalid numbers", (tuning) => {
    const typed = Object.fromEntries(tuning.fields.map(({ name }) => [name, "many"]));
    expect(tuning.input(typed)).toBeNull();
  });

  it("accepts slab classes separated by commas or spaces", () => {
    const crawl = TUNINGS.find(({ kind }) => kind === "lru_crawler_crawl");
    expect(crawl?.input({ classes: "1, 2 3" })).toEqual({ classes: [1, 2, 3] });
    expect(crawl?.input({ classes: "0" })).toBeNull();
    expect(crawl?.input({ classes: "" })).toBeNull();
  });
});
