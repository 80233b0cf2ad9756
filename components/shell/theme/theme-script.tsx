/**
 * Sets the theme before the first paint; `theme.ts` uses the same key, query and attribute. React escapes
 * quotes, `&` and `<` in text, so the script does without them.
 */
const SCRIPT = [
  "let theme; try { theme = localStorage.getItem(`theme`) } catch {}",
  "const dark = matchMedia(`(prefers-color-scheme: dark)`).matches ? `dark` : `light`",
  "document.documentElement.setAttribute(`data-theme`, theme === `dark` ? theme : theme === `light` ? theme : dark)",
].join(";");

export function ThemeScript({ nonce }: { readonly nonce: string | undefined }) {
  return (
    // Browsers hide the nonce from scripts, so it never compares equal.
    <script nonce={nonce} suppressHydrationWarning>
      {`{${SCRIPT}}`}
    </script>
  );
}
