/** A named thing with things below it. */
export interface TreeNode {
  readonly text: string;
  readonly children: readonly TreeNode[];
}

/** Draws a tree with box characters: the root on the first line, every line ended by a newline. */
export function formatTree(root: TreeNode): string {
  return `${root.text}\n${branches(root.children, "")}`;
}

function branches(children: readonly TreeNode[], indent: string): string {
  return children
    .map((child, index) => {
      const last = index === children.length - 1;
      return `${indent}${last ? "└── " : "├── "}${child.text}\n${branches(child.children, indent + (last ? "    " : "│   "))}`;
    })
    .join("");
}
