# Tiếng H'rê ít khi được viết: trên màn hình là chữ Việt, loa nói tiếng H'rê (assets/voice/hre).
# Tệp này chỉ có những lời khác với vi.ftl.

language-name = H'rê
language-choose = H'rê
    .spoken = Tiếng H'rê. Mời chạm vào hình này.
