/** Longest value of a label, in characters. */
export const LONGEST_LABEL_VALUE = 256;

export const LABEL_NAME = "a label name of letters, digits, dots, dashes and underscores";

/** What a label may be called, in the configuration as in discovered lists. */
export const LABEL_NAME_SHAPE = /^(?!__proto__$)[a-z_][a-z0-9_.-]{0,63}$/i;
