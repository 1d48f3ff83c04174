import { GoValue, type Kind, type Value } from "../value/value.ts";

/** A Go iterator function, `iter.Seq` or `iter.Seq2`, over which templates may range. */
export class GoSequence extends GoValue {
  readonly kind: Kind = "func";
  readonly typeName: string;
  readonly hasPairs: boolean;
  readonly pairs: () => Iterable<readonly [Value, Value?]>;

  /** `pairs` is called for each range anew; elements of a plain sequence are pairs without a second. */
  constructor(pairs: () => Iterable<readonly [Value, Value?]>, options: { readonly hasPairs: boolean }) {
    super();
    this.pairs = pairs;
    this.hasPairs = options.hasPairs;
    this.typeName = options.hasPairs ? "iter.Seq2[interface {},interface {}]" : "iter.Seq[interface {}]";
  }
}
