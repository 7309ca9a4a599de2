/**
 * A JSON object whose last field is a seal over the text of all the others: what is sealed is the very text that lies
 * in the file, so that nobody has to agree on how to write the same thing twice.
 */
export interface SealedText {
  text: string;
  seal: string;
}

export function sealedJson(name: string, { text, seal }: SealedText): string {
  return `${text.slice(0, -1)},"${name}":"${seal}"}`;
}

/** Null where there is no such seal at the end. */
export function splitSeal(name: string, json: string): SealedText | null {
  const opening = `,"${name}":"`;
  const at = json.lastIndexOf(opening);
  if (at < 0 || !json.endsWith('"}')) return null;
  return { text: `${json.slice(0, at)}}`, seal: json.slice(at + opening.length, -2) };
}
