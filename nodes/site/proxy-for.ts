import { BlockList, isIP } from 'node:net';
import { McError } from '../credential/mc-error';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy that the environment names for an address: `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, but for what
 * `NO_PROXY` lists; small letters win, as with curl and axios. Null: none. CONFIG_INVALID for one that is no URL.
 */
export function proxyFor(target: URL, environment: Environment): URL | null {
  const value = (name: string): string => (environment[name.toLowerCase()] ?? '') || (environment[name.toUpperCase()] ?? '');
  const scheme = target.protocol.slice(0, -1);
  const named = value(`${scheme}_proxy`) || value('all_proxy');
  if (named === '' || isExempt(target, value('no_proxy'))) return null;
  let proxy: URL;
  try {
    proxy = new URL(named.includes('://') ? named : `http://${named}`);
  } catch {
    // Not shown: it may hold the proxy's password.
    throw new McError('CONFIG_INVALID', `The environment names a proxy for ${scheme} that is not a URL. Write it like http://proxy.example:3128.`);
  }
  if (proxy.protocol === 'http:' || proxy.protocol === 'https:') return proxy;
  throw new McError('CONFIG_INVALID', `The environment names a proxy for ${scheme} of the kind ${proxy.protocol.slice(0, -1)}. Only http and https proxies are supported; list ${target.hostname} in NO_PROXY to go without.`);
}

/** `*`, host names (a leading dot or `*.` takes all below), addresses, address blocks such as 10.0.0.0/8; each maybe with a port. */
function isExempt(target: URL, list: string): boolean {
  const host = bare(target.hostname);
  const port = target.port || (target.protocol === 'https:' ? '443' : '80');
  return list.toLowerCase().split(/[\s,]+/).filter((entry) => entry !== '').some((entry) => {
    if (entry === '*') return true;
    const [, named = entry, namedPort] = /^(\[[^\]]+\]|[^:]+):(\d+)$/.exec(entry) ?? [];
    if (namedPort !== undefined && namedPort !== port) return false;
    if (named.includes('/')) return isInBlock(host, named);
    const suffix = named.replace(/^\*/, '');
    return suffix.startsWith('.') ? host.endsWith(suffix) : host === bare(named);
  });
}

function isInBlock(host: string, block: string): boolean {
  const [address = '', prefix = ''] = block.split('/');
  const family = isIP(host);
  if (family === 0 || isIP(bare(address)) !== family || !/^\d{1,3}$/.test(prefix) || Number(prefix) > (family === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  list.addSubnet(bare(address), Number(prefix), family === 4 ? 'ipv4' : 'ipv6');
  return list.check(host, family === 4 ? 'ipv4' : 'ipv6');
}

function bare(host: string): string {
  return host.replace(/^\[|\]$/g, '').replace(/\.$/, '').toLowerCase();
}
