/** A Host value without its port. */
export function bareName(host: string | undefined): string | undefined {
  if (host === undefined) return undefined;
  const colon = host.lastIndexOf(':');
  return colon < 0 || host.endsWith(']') ? host : host.slice(0, colon);
}

/** A host name as names are compared: without port and final dot, in lower case. */
export function plainName(host: string): string {
  const bare = bareName(host) as string;
  return (bare.endsWith('.') ? bare.slice(0, -1) : bare).toLowerCase();
}

/** The same host name, whatever its case, port or final dot. */
export const sameName = (host: string, name: string): boolean => host === name || plainName(host) === plainName(name);

/** "[2001:db8::1]:80" */
export const hostPort = ({ address, port }: { address: string; port: number }): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
