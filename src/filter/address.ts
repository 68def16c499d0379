/** An IPv4 or IPv6 address, or a MAC, as its bytes; undefined: it is none. A zone (`%eth0`) is left out. */
export function addressBytes(text: string): number[] | undefined {
  if (/^[0-9a-f]{2}([:-][0-9a-f]{2}){5}$/i.test(text)) return text.split(/[:-]/).map((part) => Number.parseInt(part, 16));
  return text.includes(':') ? ipv6(text.replace(/%.*$/, '')) : ipv4(text);
}

function ipv4(text: string): number[] | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || parts.some((part) => !/^\d{1,3}$/.test(part) || Number(part) > 255)) return undefined;
  return parts.map(Number);
}

function ipv6(text: string): number[] | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = [words(halves[0]), halves.length === 2 ? words(halves[1]) : []];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 16 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 2) return undefined;
  return [...head, ...new Array<number>(missing).fill(0), ...tail];
}

function words(text: string): number[] | undefined {
  if (text === '') return [];
  const out: number[] = [];
  const parts = text.split(':');
  for (const [i, part] of parts.entries()) {
    const last = i === parts.length - 1 && part.includes('.') ? ipv4(part) : undefined;
    if (last !== undefined) out.push(...last);
    else if (/^[0-9a-f]{1,4}$/i.test(part)) out.push(Number.parseInt(part, 16) >> 8, Number.parseInt(part, 16) & 255);
    else return undefined;
  }
  return out;
}

/** Is the address this one, or one of this network ("10.0.0.0/8")? Undefined: the text is neither address nor network. */
export function addressTest(text: string): ((address: string) => boolean) | undefined {
  const [base, length, more] = text.split('/');
  const wanted = addressBytes(base);
  if (wanted === undefined || more !== undefined) return undefined;
  const bits = length === undefined ? wanted.length * 8 : /^\d{1,3}$/.test(length) ? Number(length) : -1;
  if (bits < 0 || bits > wanted.length * 8) return undefined;
  return (address) => {
    const bytes = addressBytes(address);
    if (bytes === undefined || bytes.length !== wanted.length) return false;
    for (let i = 0, left = bits; left > 0; i++, left -= 8)
      if (((bytes[i] ^ wanted[i]) & (left >= 8 ? 255 : (0xff00 >> left) & 255)) !== 0) return false;
    return true;
  };
}
