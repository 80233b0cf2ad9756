// Preloaded into every test process and, with its flags, into the worker threads it starts: both then load
// TypeScript. tsx's own preload leaves worker threads out on Node 20.
import { register } from "tsx/esm/api";

register();
