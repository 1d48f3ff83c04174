const LONG_PREFIX = "tag:yaml.org,2002:";

/** `tag:yaml.org,2002:int` → `!!int`; other tags stay as they are. */
export function shortTag(tag: string): string {
  return tag.startsWith(LONG_PREFIX) ? `!!${tag.slice(LONG_PREFIX.length)}` : tag;
}

/** `!!int` → `tag:yaml.org,2002:int`; other tags stay as they are. */
export function longTag(tag: string): string {
  return tag.startsWith("!!") ? LONG_PREFIX + tag.slice(2) : tag;
}
