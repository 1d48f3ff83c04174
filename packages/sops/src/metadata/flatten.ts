import { SopsError } from "../errors.ts";
import { isBranch, isComment, isList, type Branch, branch, entry, type Entry, list, type Value } from "../tree/tree.ts";

const mapMark = "__map_";
const listMark = "__list_";

/** Turns a tree into one level of entries: `a: [{b: 1}]` becomes `a__list_0__map_b: 1`. Empty collections vanish. */
export function flatten(tree: Branch): Entry[] {
  return tree.entries.flatMap((item) => (item.kind === "entry" ? flattenValue(item.key, item.value) : []));
}

function flattenValue(key: string, value: Value): Entry[] {
  if (isBranch(value)) return flatten(value).map((inner) => entry(`${key}${mapMark}${inner.key}`, inner.value));
  if (!isList(value)) return [entry(key, value)];
  return value.items
    .filter((item): item is Value => !isComment(item))
    .flatMap((item, index) => flattenValue(`${key}${listMark}${index}`, item));
}

/** A collection under construction. Maps keep names like `__proto__` harmless. */
interface Slot {
  value?: Value;
  fields?: Map<string, Slot>;
  items?: Map<number, Slot>;
}

/** The reverse of {@link flatten}; fields come out sorted. @throws SopsError `InvalidMetadata` */
export function unflatten(entries: readonly Entry[]): Branch {
  const root: Slot = { fields: new Map() };
  for (const { key, value } of entries) {
    const slot = slotAt(root, key);
    if (slot.value !== undefined) throw new SopsError("InvalidMetadata", `metadata: ${key} occurs twice`);
    slot.value = value;
  }
  const tree = toValue(root);
  if (!isBranch(tree)) throw new TypeError("the root holds fields");
  return tree;
}

function slotAt(root: Slot, path: string): Slot {
  let slot = root;
  let isIndex = false;
  for (const step of path.split(/(__map_|__list_)/)) {
    if (step === mapMark || step === listMark) {
      isIndex = step === listMark;
      continue;
    }
    slot = isIndex ? child((slot.items ??= new Map()), indexOf(step)) : child((slot.fields ??= new Map()), step);
  }
  return slot;
}

function indexOf(step: string): number {
  if (!/^\d{1,4}$/.test(step)) throw new SopsError("InvalidMetadata", "metadata: invalid position in a list");
  return Number(step);
}

function child<K>(of: Map<K, Slot>, key: K): Slot {
  const existing = of.get(key);
  if (existing !== undefined) return existing;
  const created: Slot = {};
  of.set(key, created);
  return created;
}

function toValue(slot: Slot): Value {
  const kinds = [slot.value, slot.fields, slot.items].filter((kind) => kind !== undefined);
  if (kinds.length > 1) throw new SopsError("InvalidMetadata", "metadata: a name is both a value and a collection");
  if (slot.fields !== undefined) {
    const names = [...slot.fields.keys()].sort();
    return branch(names.map((name) => entry(name, toValue(slot.fields?.get(name) ?? {}))));
  }
  if (slot.items === undefined) return slot.value ?? branch([]);
  const items: Value[] = [];
  for (let index = 0; index < slot.items.size; index++) {
    const item = slot.items.get(index);
    if (item === undefined) throw new SopsError("InvalidMetadata", "metadata: a list has gaps");
    items.push(toValue(item));
  }
  return list(items);
}
