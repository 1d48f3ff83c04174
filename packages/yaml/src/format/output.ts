/**
 * The text written so far and what YAML's layout rules need to know about its end. Columns count code units; they are
 * only compared with indentations, and with a line width where one is set.
 */
export class Output {
  text = "";
  column = 0;
  /** Indentation of the current block, -1 outside of any. */
  indent = -1;
  /** Whether the last thing written was white space, so that none is needed before the next. */
  whitespace = true;
  /** Whether only indentation and indicators stand on the current line. */
  indention = true;
  /** The indentation at which the next line gets an empty line above, because a foot comment ended there, or -1. */
  footIndent = -1;

  write(text: string): void {
    this.text += text;
    this.column += text.length;
  }

  writeBreak(lineBreak = "\n"): void {
    this.text += lineBreak;
    this.column = 0;
    this.indention = true;
  }

  /** Goes to the current indentation, on a new line unless this one is still empty up to there. */
  writeIndent(): void {
    const indent = this.indent < 0 ? 0 : this.indent;
    if (!this.indention || this.column > indent || (this.column === indent && !this.whitespace)) this.writeBreak();
    if (this.footIndent === indent) this.writeBreak();
    if (this.column < indent) this.write(spaces(indent - this.column));
    this.whitespace = true;
    this.footIndent = -1;
  }

  /** Writes an indicator with a blank before it if one is needed. */
  writeIndicator(indicator: string, needsBlank: boolean, isWhitespace: boolean, isIndention: boolean): void {
    if (needsBlank && !this.whitespace) this.write(" ");
    this.write(indicator);
    this.whitespace = isWhitespace;
    this.indention = this.indention && isIndention;
  }

  /** Writes text that is part of a node. */
  writeContent(text: string): void {
    this.write(text);
    this.whitespace = false;
    this.indention = false;
  }
}

const indents: string[] = Array.from({ length: 64 }, (_, length) => " ".repeat(length));

function spaces(count: number): string {
  return indents[count] ?? " ".repeat(count);
}
