/** The cell a key leads to in a grid of `count` cells, `columns` per row; null for other keys. Pure. */
export function nextCell(key: string, from: number, count: number, columns: number): number | null {
  const clamp = (index: number) => Math.min(Math.max(index, 0), count - 1);
  switch (key) {
    case "ArrowRight":
      return clamp(from + 1);
    case "ArrowLeft":
      return clamp(from - 1);
    case "ArrowDown":
      return from + columns < count ? from + columns : clamp(count - 1);
    case "ArrowUp":
      return from - columns >= 0 ? from - columns : 0;
    case "Home":
      return 0;
    case "End":
      return clamp(count - 1);
    default:
      return null;
  }
}
