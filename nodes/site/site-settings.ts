import { isIPv4 } from 'node:net';
import { McError } from '../credential/mc-error';
import { type Routes, readRoutes } from './portal/route-table';

/** What a site needs to be reached, checked and with the contract's defaults. */
export interface SiteSettings {
  provider: 'portal' | 'biostar';
  /** `https://host:port/prefix` without a slash at the end. */
  baseUrl: string;
  /** Empty only with BioStar: then nothing is compared. */
  siteId: string;
  email: string;
  password: string;
  messaging: 'email' | 'text';
  nameRule: 'strict' | 'extended';
  /** Empty: the site's own, else UTC. */
  timeZone: string;
  /** SHA-256 of the server's certificate, 64 lower-case hexadecimal digits, or ''. */
  pin: string;
  creditReserve: number;
  dailyCreditLimit: number;
  routes: Routes;
}

const VENDOR = 'https://api.mc.suprema.io';

/**
 * Properties of `mc-site` as text, numbers or JSON, each `${VAR}` in its place, and its account. Throws CONFIG_MISSING,
 * CONFIG_INVALID or CREDENTIALS_MISSING, naming the property.
 */
export function readSiteSettings(raw: Readonly<Record<string, unknown>>): SiteSettings {
  const provider = choice(raw, 'provider', ['portal', 'biostar']);
  return {
    provider,
    baseUrl: withoutApi(provider, baseUrl(text(raw, 'domain') || defaultDomain(provider), text(raw, 'port'))),
    siteId: provider === 'biostar' ? text(raw, 'siteId') : siteId(text(raw, 'siteId')),
    email: account(raw, 'email').trim(),
    password: account(raw, 'password'),
    messaging: choice(raw, 'messaging', ['email', 'text']),
    nameRule: choice(raw, 'nameRule', ['strict', 'extended']),
    timeZone: timeZone(text(raw, 'timeZone')),
    pin: pin(text(raw, 'pin')),
    creditReserve: count(raw, 'creditReserve'),
    dailyCreditLimit: count(raw, 'dailyCreditLimit'),
    routes: readRoutes(provider === 'biostar' ? undefined : raw['routes']),
  };
}

/** Plain http carries a password in the open, so it is for this machine only. */
function baseUrl(domain: string, port: string): string {
  let url: URL;
  try {
    url = new URL(domain.includes('://') ? domain : `https://${domain}`);
  } catch (cause) {
    throw new McError('CONFIG_INVALID', '"domain" must be an address such as https://api.mc.suprema.io.', { cause });
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw invalid('domain', 'an https:// address');
  if (url.username !== '' || url.password !== '') throw invalid('domain', 'an address without an account in it: the account has fields of its own');
  if (url.search !== '' || url.hash !== '') throw invalid('domain', 'an address without "?" and "#"');
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) throw invalid('domain', 'an https:// address; http:// is allowed for this machine only');
  if (port !== '') {
    if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535) throw invalid('port', 'a number from 1 to 65535');
    url.port = port;
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || (isIPv4(hostname) && hostname.startsWith('127.'));
}

/** As it is typed: blanks may be part of a password. */
function account(raw: Readonly<Record<string, unknown>>, name: string): string {
  const value = raw[name];
  if (value !== undefined && value !== null && typeof value !== 'string' && typeof value !== 'number') throw invalid(name, 'text');
  const given = String(value ?? '');
  if (given.trim() !== '') return given;
  throw new McError('CREDENTIALS_MISSING', `Fill in "${name}" of the site's account: it does not travel with an exported flow.`);
}

/** BioStar's documents write its base with `/api`, which every path of ours has. */
function withoutApi(provider: SiteSettings['provider'], url: string): string {
  return provider === 'biostar' ? url.replace(/\/api$/, '') : url;
}

/** Each BioStar server has an address of its own; the portal is the vendor's. */
function defaultDomain(provider: SiteSettings['provider']): string {
  if (provider === 'portal') return VENDOR;
  throw new McError('CONFIG_MISSING', 'Fill in "domain": the address of the BioStar server, for example https://biostar.example.');
}

function siteId(value: string): string {
  if (value === '') throw new McError('CONFIG_MISSING', 'Fill in "siteId": the portal shows it under Site & License.');
  return value;
}

function timeZone(value: string): string {
  if (value === '') return '';
  try {
    return new Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone;
  } catch (cause) {
    throw new McError('CONFIG_INVALID', '"timeZone" must be the name of a time zone, for example Europe/Berlin.', { cause });
  }
}

function pin(value: string): string {
  const digits = value.replaceAll(':', '').toLowerCase();
  if (digits !== '' && !/^[0-9a-f]{64}$/.test(digits)) throw invalid('pin', 'the SHA-256 fingerprint of a certificate: 64 hexadecimal digits');
  return digits;
}

function count(raw: Readonly<Record<string, unknown>>, name: string): number {
  const value = text(raw, name) || '0';
  if (!/^\d{1,9}$/.test(value)) throw invalid(name, 'a whole number of at least 0');
  return Number(value);
}

function choice<T extends string>(raw: Readonly<Record<string, unknown>>, name: string, choices: readonly [T, ...T[]]): T {
  const value = text(raw, name) || choices[0];
  const found = choices.find((one) => one === value);
  if (found === undefined) throw invalid(name, `one of ${choices.join(', ')}`);
  return found;
}

function text(raw: Readonly<Record<string, unknown>>, name: string): string {
  const value = raw[name];
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string' && typeof value !== 'number') throw invalid(name, 'text or a number');
  return String(value).trim();
}

function invalid(name: string, expected: string): McError {
  return new McError('CONFIG_INVALID', `"${name}" must be ${expected}.`);
}
