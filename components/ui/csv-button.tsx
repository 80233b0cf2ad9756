"use client";
import { Download } from "lucide-react";
import { useTranslations } from "use-intl";
import { csv } from "@/components/charts/chart-table";
import { downloadText, fileName } from "@/components/charts/download";
import { IconButton } from "./button";

interface CsvButtonProps {
  /** Part of the file's name. */
  readonly name: string;
  /** Head and rows; called when pressed. */
  readonly rows: () => readonly (readonly (string | number | null)[])[];
}

/** Saves a table as CSV. */
export function CsvButton({ name, rows }: CsvButtonProps) {
  const t = useTranslations("charts");
  return (
    <IconButton
      label={t("csv")}
      icon={<Download size={14} aria-hidden />}
      onClick={() => downloadText(fileName([name], "csv"), csv(rows()))}
    />
  );
}
