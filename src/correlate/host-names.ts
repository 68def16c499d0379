/** A Host value without its port. */
export function bareName(host: string | undefined): string | undefined {
  // Most have none, and the first one is found faster than the last.
  if (host === undefined || host.indexOf(':') < 0 || host.endsWith(']')) return host;
  return host.slice(0, host.lastIndexOf(':'));
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
