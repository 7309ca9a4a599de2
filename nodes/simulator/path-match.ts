/**
 * What stands in place of each `:name` of a pattern, decoded; null where the path is another one, or such a part is
 * empty. A part that is not encoded as it should be is handed to `onBroken`, which throws or says what to take.
 */
export function matchPath(pattern: string, path: string, onBroken: (part: string) => string): Record<string, string> | null {
  const [wanted, given] = [pattern.split('/'), path.split('/')];
  if (wanted.length !== given.length) return null;
  const parameters: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? '';
    if (!part.startsWith(':')) {
      if (part !== value) return null;
    } else if (value === '') {
      return null;
    } else {
      parameters[part.slice(1)] = decoded(value, onBroken);
    }
  }
  return parameters;
}

function decoded(part: string, onBroken: (part: string) => string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return onBroken(part);
  }
}
