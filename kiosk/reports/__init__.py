"""The office's figures in words, drawings and files: page, PDF, workbook, CSV. Words come from assets/words/staff."""
