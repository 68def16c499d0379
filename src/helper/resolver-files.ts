/** Whether a name server can be asked from another network: not this host itself, and IPv4. */
function reachable(server: string, own: Set<string>): boolean {
  return /^\d+\.\d+\.\d+\.\d+$/.test(server) && !/^(127\.|0\.0\.0\.0$)/.test(server) && !own.has(server);
}

export interface Resolver {
  /** What the command reads as /etc/resolv.conf. */
  text: string;
  /** A name server that only this host can ask: questions to `here` are passed on to it. */
  relayed: string | undefined;
}

/**
 * /etc/resolv.conf for a namespace whose gateway is `here`. `own`: the addresses of this host, which its resolver may refuse to
 * be asked on from outside. Without any name server the C library asks 127.0.0.1.
 */
export function resolverFor(text: string, own: Set<string>, here: string): Resolver {
  let relayed: string | undefined;
  let asked = 0;
  const lines: string[] = [];
  for (const line of text.split('\n')) {
    const server = /^\s*nameserver\s+(\S+)/.exec(line)?.[1];
    if (server === undefined) {
      if (line.trim() !== '') lines.push(line);
      continue;
    }
    asked++;
    if (reachable(server, own)) lines.push(`nameserver ${server}`);
    else if (relayed === undefined) {
      relayed = server;
      lines.push(`nameserver ${here}`);
    }
  }
  if (asked === 0) {
    relayed = '127.0.0.1';
    lines.push(`nameserver ${here}`);
  }
  return { text: `${lines.join('\n')}\n`, relayed };
}

/** /etc/nsswitch.conf without what asks a daemon of this host by other ways than the network; undefined: it can stay. */
export function switchFor(text: string): string | undefined {
  const changed = text.replace(/^(\s*hosts:)(.*)$/m, (_, key: string, rest: string) => {
    const [words, comment = ''] = [rest.replace(/#.*/, ''), /#.*/.exec(rest)?.[0]];
    const kept: string[] = [];
    let dropped = false;
    for (const word of words.match(/\[[^\]]*\]|\S+/g) ?? []) {
      if (word.startsWith('[')) {
        if (!dropped) kept.push(word);
        continue;
      }
      dropped = word === 'resolve';
      if (!dropped) kept.push(word);
      else if (!/(^|\s)dns(\s|$)/.test(words)) kept.push('dns');
    }
    return `${key} ${kept.join(' ')}${comment === '' ? '' : ` ${comment}`}`;
  });
  return changed.replace(/\s+/g, ' ') === text.replace(/\s+/g, ' ') ? undefined : changed;
}
