import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../credential/clock';

const HEADER = encode({ alg: 'HS256', typ: 'JWT' });

/** Access tokens as the portal's: JWT, HS256, with `ac`, `em`, `exp`, `iat` (suprema-api B1.1). There is no renewal. */
export class Tokens {
  private secret = randomBytes(32);

  constructor(private readonly clock: Clock, private readonly lifeMs: number) {}

  issue(email: string): string {
    const now = this.clock.now();
    const iat = Math.floor(now / 1000);
    // Whole seconds as the real one has; a life of milliseconds (tests) would be over before it began.
    const exp = this.lifeMs % 1000 === 0 ? iat + this.lifeMs / 1000 : (now + this.lifeMs) / 1000;
    const content = `${HEADER}.${encode({ ac: 'sitemanager', em: email, exp, iat })}`;
    return `${content}.${this.sign(content)}`;
  }

  isValid(token: string): boolean {
    const [header, payload, signature, ...rest] = token.split('.');
    if (header === undefined || payload === undefined || signature === undefined || rest.length > 0) return false;
    const wanted = Buffer.from(this.sign(`${header}.${payload}`));
    const given = Buffer.from(signature);
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return false;
    const { exp } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { exp: number };
    return exp * 1000 > this.clock.now();
  }

  /** Every token so far is worth nothing any more. */
  expireAll(): void {
    this.secret = randomBytes(32);
  }

  private sign(content: string): string {
    return createHmac('sha256', this.secret).update(content).digest('base64url');
  }
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
