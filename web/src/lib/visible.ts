// Text that others stored, as it may be shown: what would be seen of nothing, or would turn the words around it, is a sign.

// C0 and C1 controls, separators of lines, and what embeds, overrides or isolates a direction of writing.
// eslint-disable-next-line no-control-regex
const unseen = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** With U+FFFD for each character that cannot be seen. For reading only: what is asked or changed goes as it is stored. */
export function visible(text: string): string {
  return text.replace(unseen, '\ufffd');
}
