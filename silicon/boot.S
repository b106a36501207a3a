/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Boot sector: brings core 0 from the firmware's real mode to image_start of the image behind it.
 *
 * The disk is this sector, then the image as it lies in memory from physical 1 MiB on. What the
 * image finds is what irqweave gives it (kvm/runtime/image.h): 64-bit mode, IF = 0, flat segments,
 * all of RAM at the window of -2 GiB, device registers at linear = physical. The local APIC is as
 * the firmware leaves it, both 8259s are masked, COM1 is set up for 115200 baud.
 *
 * After Intel SDM vol. 3, "Switching to Protected Mode" and "Initializing IA-32e Mode", and the
 * firmware calls of the Enhanced Disk Drive specification. Other cores stay where the firmware left
 * them. Needs a disk that INT 13h, function 42h, reads, and A20 switched by port 92h.
 */
#define LOAD_AT         0x10000     /* where the image is read to, below 1 MiB */
#define IMAGE_AT        0x100000    /* where it belongs: kvm/runtime/image.ld */
#define CHUNK_SECTORS   64          /* a read: 32 KiB, never across a segment's end */

#define PML4            0x8000
#define PDPT            0x9000      /* of both halves: entries 0 to 3 and 510 */
#define PD              0xa000      /* four of them, 4 GiB */
#define PT              0xe000      /* of FEE00000h: an APIC-access page needs a 4-KByte page */
#define PAGE_4K         0x13        /* present, writable, not cached */
#define PAGE_2M         0x83        /* present, writable, large; MTRRs say what is not cached */
#define TABLE           0x03

#define APIC_REGION     0xfee00000
#define APIC_REGION_PD  503         /* (FEE00000h - C0000000h) / 2 MiB */
#define WINDOW_PDPT     510         /* -2 GiB */

#define COM1            0x3f8

    .code16
    .section .boot, "ax", @progbits
    .globl boot
boot:
    cli
    cld
    xor     %eax, %eax
    mov     %ax, %ds
    mov     %ax, %es
    mov     %ax, %ss
    mov     $boot, %esp
    ljmp    $0, $1f

1:  mov     $payload_chunks, %bp
2:  mov     $0x42, %ah                  /* DL: the disk that we come from */
    mov     $packet, %si
    int     $0x13
    jc      failed
    addw    $CHUNK_SECTORS * 512 / 16, packet + 6
    addl    $CHUNK_SECTORS, packet + 8
    dec     %bp
    jnz     2b

    cli
    mov     $ports, %si
3:  lodsw                               /* the rest of the devices that the image relies on */
    test    %ax, %ax
    jz      4f
    mov     %ax, %dx
    lodsb
    out     %al, %dx
    jmp     3b

4:  mov     $PML4, %edi                 /* all tables to zero, then what is not */
    xor     %eax, %eax
    mov     $(PT + 0x1000 - PML4) / 4, %ecx
    rep stosl
    movl    $PDPT + TABLE, PML4
    movl    $PDPT + TABLE, PML4 + 8 * 511
    movl    $PD + TABLE, PDPT + 8 * WINDOW_PDPT
    mov     $PDPT, %di
    mov     $PD + TABLE, %eax
    mov     $0x1000, %edx
    mov     $4, %cx
    call    fill
    mov     $PD, %di
    mov     $PAGE_2M, %eax
    mov     $0x200000, %edx
    mov     $4 * 512, %cx
    call    fill
    mov     $PT, %di
    mov     $APIC_REGION + PAGE_4K, %eax
    mov     $0x1000, %edx
    mov     $512, %cx
    call    fill
    movl    $PT + TABLE, PD + 3 * 0x1000 + 8 * APIC_REGION_PD

    mov     $0x20, %eax                 /* CR4.PAE */
    mov     %eax, %cr4
    mov     $PML4, %eax
    mov     %eax, %cr3
    mov     $0xc0000080, %ecx           /* EFER.LME */
    rdmsr
    or      $0x100, %ax
    wrmsr
    lgdt    gdtr
    mov     $0x80000033, %eax           /* CR0: PG, NE, ET, MP, PE */
    mov     %eax, %cr0
    ljmpl   $0x08, $long_mode

/* CX entries at DI: EAX, then EDX more each time. */
fill:
    mov     %eax, (%di)
    add     $8, %di
    add     %edx, %eax
    loop    fill
    ret

failed:
    hlt
    jmp     failed

    .code64
long_mode:
    mov     $0x10, %eax
    mov     %eax, %ss
    mov     %eax, %ds
    mov     %eax, %es
    mov     $LOAD_AT, %esi
    mov     $IMAGE_AT, %edi
    mov     $payload_bytes, %ecx
    rep movsb
    mov     $image_physical_end, %ecx   /* .bss */
    sub     %edi, %ecx
    xor     %eax, %eax
    rep stosb
    xor     %edi, %edi                  /* core 0 */
    mov     $image_start, %rax
    jmp     *%rax

    .balign 8
gdt:
    .quad   0, 0x00af9b000000ffff, 0x00cf93000000ffff
gdtr:
    .word   . - gdt - 1
    .long   gdt

/* Port, value: A20; both 8259s masked; COM1 with 8 bits, divisor 1, FIFOs on and no interrupts. */
ports:
    .irp    entry, 0x9202, 0x21ff, 0xa1ff
    .word   \entry >> 8
    .byte   \entry & 0xff
    .endr
    .macro  com1 register, value
    .word   COM1 + \register
    .byte   \value
    .endm
    com1    1, 0x00
    com1    3, 0x80
    com1    0, 0x01
    com1    1, 0x00
    com1    3, 0x03
    com1    2, 0x07
    .word   0

    .balign 4
packet:
    .byte   16, 0
    .word   CHUNK_SECTORS
    .word   0, LOAD_AT >> 4             /* offset, segment */
    .quad   1                           /* first sector */

    .org    510
    .word   0xaa55

    .section .note.GNU-stack, "", @progbits
