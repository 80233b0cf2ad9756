/** What a remedy consists of, before it is rendered for anybody's tools. */
import type { Remedy } from "@/lib/model/findings/finding.schema";
import type { NodeFacts } from "./node-facts";
import type { Prose } from "./prose";
import type { OptionChange } from "./start-up/options";
import type { VerifyKind } from "./verify";

export interface Plan {
  /** A few sentences. */
  readonly explanation: Prose;
  /** Options to start with from now on. */
  readonly changes?: readonly OptionChange[];
  /** Steps beyond the options. */
  readonly steps?: readonly Remedy[];
  /** Firewall rules help too. */
  readonly firewall?: boolean;
  readonly verify?: readonly VerifyKind[];
}

/** The finding to plan for, by its figures and evidence, and the facts of its node. */
export interface PlanContext {
  readonly check: string;
  readonly figures: Readonly<Record<string, unknown>>;
  readonly evidence: Readonly<Record<string, unknown>>;
  readonly facts: NodeFacts;
  /** Settings for which most of the pool has another value, with that value. */
  readonly drift: () => ReadonlyMap<string, string>;
}

/** By check: the plan, or a function of the finding and its node. */
export type PlansByCheck = Readonly<Record<string, Plan | ((context: PlanContext) => Plan)>>;
