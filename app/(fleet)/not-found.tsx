// The same words as elsewhere, inside the shell.
export { default } from "../not-found";
