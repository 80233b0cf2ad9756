/** Longest value of a label, in characters. */
export const MAX_LABEL_VALUE = 256;

export const LABEL_NAME = "a label name of letters, digits, dots, dashes and underscores";

/** Valid label names, in the configuration and in discovered lists. */
export const LABEL_NAME_SHAPE = /^(?!__proto__$)[a-z_][a-z0-9_.-]{0,63}$/i;
