/** The line end of the text protocol, as bytes and as text. */
export const CR = 13;
export const LF = 10;
export const CRLF = "\r\n";
