/** Which handler a method and a path belong to. */
import type { Handler, Route } from './wire';

export interface Found {
  handler: Handler;
  params: string[];
  /** The ways in which a test may name this route: as asked, and with its open parts. */
  names: string[];
}

export class Router {
  private readonly fixed = new Map<string, Handler>();
  private readonly open: { method: string; pattern: string; shape: RegExp; handler: Handler }[] = [];

  constructor(routes: Route[]) {
    for (const [method, pattern, handler] of routes) {
      if (!pattern.includes('{')) this.fixed.set(`${method} ${pattern}`, handler);
      else this.open.push({ method, pattern, handler, shape: new RegExp(`^${pattern.replaceAll(/\{\w+\}/g, '([^/]+)')}$`) });
    }
  }

  find(method: string, path: string): Found | null {
    const name = `${method} ${path}`;
    const handler = this.fixed.get(name);
    if (handler !== undefined) return { handler, params: [], names: [name] };
    for (const route of this.open) {
      const match = route.method === method ? route.shape.exec(path) : null;
      if (match !== null) return { handler: route.handler, params: match.slice(1).map(decoded), names: [name, `${method} ${route.pattern}`] };
    }
    return null;
  }
}

/** A part of a path; one that is no good encoding stays as it came. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
