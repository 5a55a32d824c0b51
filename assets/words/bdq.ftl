# Tiếng Ba Na ít khi được viết: trên màn hình là chữ Việt, loa nói tiếng Ba Na (assets/voice/bdq).
# Tệp này chỉ có những lời khác với vi.ftl.

language-name = Ba Na
language-choose = Ba Na
    .spoken = Tiếng Ba Na. Mời chạm vào hình này.
