/** What a remedy consists of, before it is written out for anybody's tools. */
import type { Remedy } from "@/lib/model/findings/finding.schema";
import type { NodeFacts } from "./node-facts";
import type { OptionChange } from "./start-up/options";
import type { VerifyKind } from "./verify";

export interface Plan {
  /** English, a few sentences. */
  readonly explanation: string;
  /** Options to start with from now on. */
  readonly changes?: readonly OptionChange[];
  /** Steps beside the options. */
  readonly steps?: readonly Remedy[];
  /** Rules that keep strangers away help too. */
  readonly firewall?: boolean;
  readonly verify?: readonly VerifyKind[];
}

/** How a finding is read: its figures and evidence, by name, and the node. */
export interface PlanContext {
  readonly check: string;
  readonly figures: Readonly<Record<string, unknown>>;
  readonly evidence: Readonly<Record<string, unknown>>;
  readonly facts: NodeFacts;
  /** Settings of which most of its pool has another value, with that value. */
  readonly drift: () => ReadonlyMap<string, string>;
}

export type Planner = (found: PlanContext) => Plan | null;
