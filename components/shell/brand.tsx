/** The logo: four nodes at different fill levels. */
export function Brand() {
  return (
    <span className="flex items-center gap-2 font-semibold text-lg tracking-tight">
      <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" className="fill-s1">
        <rect width="7" height="7" rx="2" />
        <rect x="9" width="7" height="7" rx="2" opacity=".55" />
        <rect y="9" width="7" height="7" rx="2" opacity=".3" />
        <rect x="9" y="9" width="7" height="7" rx="2" opacity=".8" />
      </svg>
      Memfleet
    </span>
  );
}
