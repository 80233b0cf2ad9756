/** All supported hashings. */
import type { Hashing } from "./contract";
import { consistent, ketama } from "./ketama";
import { memjs } from "./memjs";
import { modulo } from "./modulo";

export const HASHINGS: readonly Hashing[] = [ketama, consistent, modulo, memjs];
