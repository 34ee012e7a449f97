/** Which proposal a name means that was typed out: by its value, or by a label that it alone has. */
export function named<T extends { value: string; label: string }>(options: readonly T[], words: string): T | 'several' | undefined {
  const same = (text: string) => text.toLowerCase() === words.toLowerCase();
  const called = options.filter((each) => same(each.label));
  return options.find((each) => same(each.value)) ?? (called.length > 1 ? 'several' : called[0]);
}
