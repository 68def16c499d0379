export function linked(text: string): string;
