export function generated(
  tables: {
    groups: readonly unknown[];
    typing: unknown;
    actionName: unknown;
    journeyFields: readonly unknown[];
    packetFields: readonly unknown[];
  },
  read: (file: string) => string,
): Record<string, string>;
